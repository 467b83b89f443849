"""No table of its own. Django tells an app that a migration is over only where it has this module."""
