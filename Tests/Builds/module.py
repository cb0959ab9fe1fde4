"""Compiles parts of the library or the program as modules of their own, for programs that no package could describe."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LIBRARY = ROOT / "Sources/SockKit"
PROGRAM = ROOT / "Sources/sockctl"
FEATURES = ("ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility", "NonisolatedNonsendingByDefault")


def swift(folder: Path, without: Iterable[str] = ()) -> list[Path]:
    """The Swift sources below a folder, but for those of some names."""
    return [path for path in sorted(folder.rglob("*.swift")) if path.name not in set(without)]


def is_new(product: Path, sources: Iterable[Path], orders: str) -> bool:
    """Whether a product has been made as it would be now, since the last of its sources was changed."""
    return (product.exists() and product.stat().st_mtime > max(source.stat().st_mtime for source in sources)
            and orders_of(product).exists() and orders_of(product).read_text() == orders)


def orders_of(product: Path) -> Path:
    """Where it stands how a product was made."""
    return product.with_name(f"{product.name}.orders")


def compile_module(name: str, sources: Sequence[Path], product: Path, options: Sequence[str], what: str) -> Path:
    """One module, optimised as a whole, under the rules of the package; a minute or two, if anything has changed."""
    command = ["swiftc", "-O", "-wmo", "-parse-as-library", "-swift-version", "6", "-module-name", name,
               "-package-name", "sockctl", "-I", str(LIBRARY / "CLinux"), *options]
    for feature in FEATURES:
        command += ["-enable-upcoming-feature", feature]
    command += [*map(str, sources), "-o", str(product)]
    orders = "\n".join(command)
    if is_new(product, sources, orders):
        return product
    product.parent.mkdir(exist_ok=True)
    print(f"building {what}", file=sys.stderr)
    if subprocess.run(command).returncode:
        sys.exit(f"{what} could not be built")
    orders_of(product).write_text(orders)
    return product
