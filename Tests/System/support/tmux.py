"""A real terminal for interactive commands: tmux, with a server of its own that reads no configuration."""
import os
import shlex
import subprocess
import time


class Terminal:
    """One window of the given size that runs a command. For `with`."""

    def __init__(self, folder, command, width, height, **environment):
        self.socket = os.path.join(folder, f'tmux-{width}x{height}-{time.monotonic_ns()}')
        settings = ' '.join(f'{name}={shlex.quote(value)}' for name, value in environment.items())
        line = f'env -u NO_COLOR {settings} {shlex.join(map(str, command))}; echo "[status $?]"; sleep 1000'
        self.tmux('-f', '/dev/null', 'new-session', '-d', '-x', str(width), '-y', str(height), line)

    def tmux(self, *arguments):
        done = subprocess.run(['tmux', '-S', self.socket, *arguments], capture_output=True, text=True, timeout=20,
                              env={'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'TERM': 'xterm-256color'})
        if done.returncode:
            raise AssertionError(f'tmux {arguments}: {done.stderr}')
        return done.stdout

    def keys(self, *keys):
        self.tmux('send-keys', *keys)

    def resize(self, width, height):
        self.tmux('resize-window', '-x', str(width), '-y', str(height))

    def screen(self, colours=False):
        """What is seen, a line each, without trailing space."""
        text = self.tmux('capture-pane', '-p', *(['-e'] if colours else []))
        return [line.rstrip() for line in text.split('\n')[:-1]]

    def wait(self, what, condition, patience=15):
        """Waits until the condition holds for the screen; returns the screen."""
        deadline = time.monotonic() + patience
        while True:
            screen = self.screen()
            if condition(screen):
                return screen
            if time.monotonic() > deadline:
                raise AssertionError(f'not within {patience} s: {what}\n' + '\n'.join(screen))
            time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.tmux('kill-server')
