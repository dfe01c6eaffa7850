"""A web full of malice for one daemon: a name server, web servers on every address, and a table of misbehaviours."""
