# State lives in one place, versioned and locked; a laptop never holds a second copy.
terraform {
  backend "s3" {
    bucket       = "example-terraform-state"
    key          = "course-platform/terraform.tfstate"
    region       = "eu-west-1"
    use_lockfile = true
    encrypt      = true
  }
}

resource "aws_db_instance" "courses" {
  # Only the two lines that this action adds are shown.
  deletion_protection = true
  lifecycle {
    prevent_destroy = true
  }
}
