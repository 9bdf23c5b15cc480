"""Tests of films and animations."""
