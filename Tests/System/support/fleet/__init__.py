"""A small world for a fleet of newswire: networks, servers, an internet of invented papers, nodes, faults, and judges."""
