"""Discourse forums over their JSON API: yields accounts, channels, messages, memberships and counts."""
