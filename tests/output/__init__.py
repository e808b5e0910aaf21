"""What `pmlint` says, in every format."""
