"""Tests of the evidence pack."""
