"""Which version of the bot runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from plugin import settings_source
from plugin.instrument.release import COMMIT_LENGTH, bot_folder, commit_of, instance, release, working_directory


def git(folder: Path, *words: str) -> str:
    """What git says."""
    who = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main")
    ran = subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True)
    return ran.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A folder with one commit, made by git itself."""
    folder = tmp_path / "bot"
    folder.mkdir()
    git(folder, "init")
    git(folder, "commit", "--allow-empty", "-m", "one")
    return folder


def head(folder: Path) -> str:
    """The commit as git names it."""
    return git(folder, "rev-parse", "HEAD")[:COMMIT_LENGTH]


def test_the_commit_of_a_branch(repository: Path) -> None:
    """The commit that the branch is at, seen from a folder below it too."""
    (repository / "cogs").mkdir()
    assert commit_of(repository) == commit_of(repository / "cogs") == head(repository)


def test_the_commit_of_packed_references(repository: Path) -> None:
    """Where git has packed its references into one file, they are found there."""
    git(repository, "pack-refs", "--all")
    assert commit_of(repository) == head(repository)


def test_the_commit_without_a_branch(repository: Path) -> None:
    """A checkout of a commit rather than a branch has the commit itself."""
    git(repository, "checkout", "--detach")
    assert commit_of(repository) == head(repository)


@pytest.mark.parametrize("packed", [False, True])
def test_the_commit_of_a_worktree(repository: Path, tmp_path: Path, packed: bool) -> None:
    """A worktree has a file that says where the rest is."""
    git(repository, "worktree", "add", str(tmp_path / "second"), "-b", "second")
    git(tmp_path / "second", "commit", "--allow-empty", "-m", "two")
    if packed:
        git(repository, "pack-refs", "--all")
    assert commit_of(tmp_path / "second") == head(tmp_path / "second") != head(repository)


@pytest.mark.parametrize("contents", [b"", b"ref: refs/heads/nowhere\n", b"\xff\xfe"])
def test_what_is_no_repository_has_none(tmp_path: Path, contents: bytes) -> None:
    """Without a repository, or with a broken one, there is no commit and no error."""
    assert commit_of(tmp_path) is None
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(contents)
    assert commit_of(tmp_path) is None


def test_what_was_set_comes_first(repository: Path, tmp_path: Path) -> None:
    """The setting, else the commit, else a word that says that nobody knows."""
    assert release("1.4.2", repository) == "1.4.2"
    assert release("", repository) == head(repository)
    assert release("", tmp_path) == "unknown"


def test_an_instance_has_a_name() -> None:
    """The setting, else the host's name."""
    assert instance("shard-host-3") == "shard-host-3"
    assert instance("")


@pytest.mark.parametrize(
    "git",
    [b"gitdir: \0", b"\xff\xfe", b"", b"gitdir: .git", b"gitdir: loop"],
    ids=["NUL", "bytes", "empty", "itself", "loop"],
)
def test_a_git_file_that_leads_nowhere_is_no_commit(tmp_path: Path, git: bytes) -> None:
    """Whatever is in it, the release is unknown."""
    (tmp_path / ".git").write_bytes(git)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert release("", tmp_path) == "unknown"


def test_a_working_directory_that_was_deleted_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The monitor is built in one, with the settings that need none."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert working_directory() == Path()
    assert settings_source.load({}).window_length == 100
    assert isinstance(bot_folder(), Path)
    monkeypatch.chdir(tmp_path)


def test_a_host_that_has_no_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the system cannot tell it."""

    def fail() -> str:
        raise OSError

    monkeypatch.setattr("socket.gethostname", fail)
    assert instance("") == "unknown"
