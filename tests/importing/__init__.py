"""Old reviews become drafts."""
