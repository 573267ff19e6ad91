"""When it all happens: Prefect flows, settings and the `muster` command; the only room that knows the others."""
