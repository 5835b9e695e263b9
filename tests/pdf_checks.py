"""What every PDF of the portal must pass: PDF/UA-1, by two validators that look differently."""

import tempfile
from pathlib import Path

import outloud  # type: ignore[import-untyped]
import page


def assert_accessible(pdf: bytes) -> None:
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, [f"{failure.rule_id}: {failure.message}" for failure in report.failures]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "checked.pdf")
        path.write_bytes(pdf)
        heard = outloud.check(str(path))
    assert not heard.error, heard.error
    assert heard.verdict == "pass", [f"{f.rule}, page {f.page}: {f.message} {f.evidence}" for f in heard.findings]
