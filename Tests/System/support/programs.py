"""Where the programs under test are, and where the project and its corpus lie."""
import os
import pathlib
import subprocess

PROJECT = pathlib.Path(__file__).resolve().parents[3]
CORPUS = PROJECT.parent / 'shared' / 'corpus'
SCHEMA = CORPUS / 'ninjs-schema_3.1.json'

# Set by run.py; the default serves single tests started by hand.
folder = pathlib.Path(os.environ.get('NEWSWIRE_PROGRAMS', PROJECT / '.build' / 'release')).resolve()


def program(name):
    path = folder / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; run 'make build' first")
    return str(path)


def run(name, *arguments, stdin=None, timeout=60, **options):
    """Runs a program to its end; stdout and stderr are bytes."""
    return subprocess.run(
        [program(name), *map(str, arguments)], input=stdin, capture_output=True, timeout=timeout, **options
    )


def needs_corpus():
    """None, or the reason why tests on real pages cannot run here."""
    if not (CORPUS / 'pages' / 'index.json').exists():
        return 'the corpus of real pages is not here (../shared/corpus); nothing of it is in this repository'
    return None
