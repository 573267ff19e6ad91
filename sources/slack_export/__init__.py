"""Slack workspace exports, zip or folder: yields accounts, channels, messages, reactions, memberships and counts."""
