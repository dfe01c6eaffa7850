"""What the system tests share: the real programs, local web servers, and readers of the queue and the log."""
