"""Reading spectra: every way of writing a table, exchange formats, and broken files."""

from __future__ import annotations

import base64
import contextlib
import gzip
import string
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from superatom.errors import DataFileError
from superatom.spectra.mass.read import read_spectra, read_spectrum
from superatom.spectra.mass.repairs import looks_like_profile

HEADERS = {
    "none": None,
    "names": ("m/z", "Intensity"),
    "units": ("m/z (Da)", "Intensity [counts]"),
    "german": ("Masse", "Intensität (a.u.)"),
    "bruker": ("m/z", "I"),
    "axes": ("X(Thompsons)", "Y(Counts)"),
}

RELAXED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[float], list[float]]:
    """Draw a table as an instrument's export writes it, with the numbers it holds."""
    n = draw(st.integers(2, 40))
    mz = sorted(draw(st.sets(st.integers(100_0000, 9000_0000), min_size=n, max_size=n)))
    heights = draw(st.lists(st.integers(1, 10**8), min_size=n, max_size=n))
    delimiter, decimal = draw(
        st.sampled_from(
            [("\t", "."), ("\t", ","), (";", "."), (";", ","), (",", "."), (", ", "."),
             (" ", "."), ("   ", ","), (" ; ", ","), ("|", ".")]
        )
    )  # fmt: skip
    header = HEADERS[draw(st.sampled_from(sorted(HEADERS)))]
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    swapped = header is not None and draw(st.booleans())
    x = [f"{v / 1e4:.4f}".replace(".", decimal) for v in mz]
    y = [f"{v / 100:.2f}".replace(".", decimal) for v in heights]
    lines = ["# exported, 12.03.2026"] if draw(st.booleans()) else []
    if header is not None:
        lines.append(delimiter.join(reversed(header) if swapped else header))
    rows = zip(y, x, strict=True) if swapped else zip(x, y, strict=True)
    lines += [delimiter.join(row) for row in rows]
    if draw(st.booleans()):
        lines.append("")
    return newline.join(lines), [v / 1e4 for v in mz], [v / 100 for v in heights]


@RELAXED
@given(table=tables())
def test_a_table_reads_back_however_it_is_written(
    table: tuple[str, list[float], list[float]], tmp_path: Path
) -> None:
    text, mz, heights = table
    spectrum = read_spectrum(write(tmp_path / "table.txt", text))
    np.testing.assert_allclose(spectrum.mz, mz, rtol=0, atol=1e-9)
    np.testing.assert_allclose(spectrum.intensity, heights, rtol=0, atol=1e-9)


@RELAXED
@given(raw=st.one_of(st.binary(max_size=300), st.text(string.printable, max_size=300)))
@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.mzML", "x.mzXML", "x.mgf", "x.xlsx"])
def test_rubbish_is_refused_or_read_as_numbers(name: str, raw: bytes | str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    with contextlib.suppress(DataFileError):  # any other error fails the test
        spectrum = read_spectrum(file)  # some random text is a table of numbers
        assert np.isfinite(spectrum.mz).all()
        assert np.all(np.diff(spectrum.mz) > 0)


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    text = "#\tm/z\tRes.\tS/N\tI\tI %\n" + "".join(
        f"{i}\t{1000 + i * 0.25:.4f}\t12000\t50\t{i * 3}\t{i}\n" for i in range(1, 9)
    )
    spectrum = read_spectrum(write(tmp_path / "peaks.txt", text))
    assert spectrum.mz[0] == 1000.25
    assert spectrum.intensity[0] == 3
    assert not spectrum.profile


def test_thousands_are_not_decimals(tmp_path: Path) -> None:
    text = "m/z\tIntensity\n999.5\t12,345\n1000.5\t1,234,567\n"
    spectrum = read_spectrum(write(tmp_path / "t.tsv", text))
    assert spectrum.intensity.tolist() == [12345, 1234567]


def test_ambiguous_commas_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "t.csv", "1000,5,20,3\n1001,5,25,1\n1002,5,21,7\n")
    with pytest.raises(DataFileError, match="comma both between and inside"):
        read_spectrum(file)


def test_repairs_are_stated(tmp_path: Path) -> None:
    text = "m/z,int\n1002.0,5\n1000.0,-1\n1001.0,nan\n1003.0,2\n1003.0,3\nhello\n"
    spectrum = read_spectrum(write(tmp_path / "bad.csv", text))
    assert spectrum.mz.tolist() == [1000.0, 1002.0, 1003.0]
    assert spectrum.intensity.tolist() == [0.0, 5.0, 5.0]
    notes = " | ".join(spectrum.notes)
    for word in ("sorted", "negative", "not numbers", "repeat an m/z", "no numbers"):
        assert word in notes


def test_noise_about_a_subtracted_baseline_is_kept(tmp_path: Path) -> None:
    mz = 1000 + 0.01 * np.arange(500)
    rng = np.random.default_rng(1)
    height = 100 * np.exp(-(((mz - 1002.5) / 0.05) ** 2)) + rng.standard_normal(500)
    rows = "".join(f"{m:.4f}\t{h:.3f}\n" for m, h in zip(mz, height, strict=True))
    spectrum = read_spectrum(write(tmp_path / "noisy.txt", rows))
    np.testing.assert_allclose(spectrum.intensity, height, atol=1e-3)
    assert "kept" in spectrum.notes[0]


def test_swapped_columns_without_names_are_swapped_back(tmp_path: Path) -> None:
    mz = 1000 + 0.01 * np.arange(500)
    height = 100 * np.exp(-(((mz - 1002.5) / 0.05) ** 2))
    rows = "".join(f"{h:.3f}\t{m:.4f}\n" for m, h in zip(mz, height, strict=True))
    spectrum = read_spectrum(write(tmp_path / "swapped.txt", rows))
    assert spectrum.mz[0] == 1000
    assert "swapped" in spectrum.notes[0]


def test_a_list_sorted_by_height_is_not_taken_as_swapped(tmp_path: Path) -> None:
    text = "1502.3 900\n1321.1 400\n2100.7 200\n950.2 100\n"
    spectrum = read_spectrum(write(tmp_path / "list.txt", text))
    assert spectrum.mz.tolist() == [950.2, 1321.1, 1502.3, 2100.7]


def test_a_coarse_profile_at_high_mz_is_a_profile() -> None:
    mz = np.round(7300 + np.cumsum(np.full(800, 0.123)), 2)
    assert looks_like_profile(mz, np.exp(-(((mz - 7350) / 0.3) ** 2)))


@pytest.mark.parametrize(
    ("step", "n", "expected"),
    [(0.005, 2000, True), (0.05, 400, True), (0.25, 12, False), (0.125, 24, False)],
)
def test_profile_or_centroid(step: float, n: int, expected: bool) -> None:
    mz = 1900 + step * np.arange(n)
    middle = mz[n // 2]
    height = np.exp(-(((mz - middle) / (6 * step)) ** 2))
    assert looks_like_profile(mz, height) is expected


@pytest.mark.parametrize("power", [300, -300])
def test_intensities_beyond_all_bounds_are_scaled(power: int, tmp_path: Path) -> None:
    file = write(tmp_path / "x.csv", f"1000.5,2e{power}\n1001.5,1e{power}\n")
    spectrum = read_spectrum(file)
    np.testing.assert_allclose(spectrum.intensity, [100, 50])
    assert "divided all intensities" in spectrum.notes[0]


def test_values_that_no_mz_can_have_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="which no instrument gives"):
        read_spectrum(write(tmp_path / "x.csv", "7e8,2\n8e8,1\n"))


def test_utf16_from_a_spreadsheet(tmp_path: Path) -> None:
    file = tmp_path / "excel.txt"
    file.write_text("m/z\tIntensity\n1000,5\t3\n1001,5\t4\n", encoding="utf-16")
    assert read_spectrum(file).mz.tolist() == [1000.5, 1001.5]


def test_gzip(tmp_path: Path) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(b"mz,intensity\n1000.5,3\n1001.5,4\n"))
    assert read_spectrum(file).intensity.tolist() == [3, 4]
    file.write_bytes(file.read_bytes()[:-12])
    with pytest.raises(DataFileError, match="cut-off gzip"):
        read_spectrum(file)


@pytest.mark.parametrize("name", ["run.raw", "run.wiff", "run.baf"])
def test_a_vendors_file_names_the_converter(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(b"\x01\xa1F\0i\0n\0n\0" * 50)
    with pytest.raises(DataFileError, match="msConvert"):
        read_spectrum(file)


def test_a_vendors_folder_names_the_converter(tmp_path: Path) -> None:
    folder = tmp_path / "run.d"
    folder.mkdir()
    with pytest.raises(DataFileError, match="msConvert"):
        read_spectrum(folder)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("empty.txt", b"", "is empty"),
        ("words.txt", b"no numbers\nat all\n", "no two columns of numbers"),
        ("one.txt", b"1\n2\n3\n", "no two columns of numbers"),
        ("zero.csv", b"1000,0\n1001,0\n", "no intensity above zero"),
        ("page.csv", b"<html><body>404</body></html>", "XML, HTML or JSON"),
        ("cut.mzML", b"<?xml version='1.0'?><mzML><run>", "no complete mzML"),
        ("none.mgf", b"hello\n", "holds no BEGIN IONS"),
    ],
)
def test_broken_files(name: str, content: bytes, problem: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DataFileError, match=problem):
        read_spectrum(file)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="does not exist"):
        read_spectrum(tmp_path / "none.txt")


# --- exchange formats ----------------------------------------------------------------------


def _packed(values: np.ndarray, kind: str, *, compress: bool = False) -> str:
    raw = np.asarray(values, kind).tobytes()
    return base64.b64encode(zlib.compress(raw) if compress else raw).decode()


def _cv(accession: str, value: str = "", unit: str = "") -> str:
    extra = f' unitAccession="{unit}"' if unit else ""
    return f'<cvParam cvRef="MS" accession="{accession}" name="" value="{value}"{extra}/>'


def _mzml(scans: list[tuple[np.ndarray, np.ndarray]], *, compress: bool = True) -> str:
    packing = _cv("MS:1000574") if compress else _cv("MS:1000576")
    parts = []
    for i, (mz, heights) in enumerate(scans):
        arrays = "".join(
            f"<binaryDataArray>{_cv(kind)}{packing}{_cv(what)}"
            f"<binary>{_packed(values, dtype, compress=compress)}</binary></binaryDataArray>"
            for values, dtype, kind, what in (
                (mz, "<f8", "MS:1000523", "MS:1000514"),
                (heights, "<f4", "MS:1000521", "MS:1000515"),
            )
        )
        parts.append(
            f'<spectrum index="{i}" id="controllerType=0 controllerNumber=1 scan={i + 1}" '
            f'defaultArrayLength="{len(mz)}"><referenceableParamGroupRef ref="common"/>'
            f'{_cv("MS:1000511", "1")}<scanList count="1"><scan>'
            f"{_cv('MS:1000016', str(0.5 * i), 'UO:0000031')}</scan></scanList>"
            f'<binaryDataArrayList count="2">{arrays}</binaryDataArrayList></spectrum>'
        )
    return (
        '<?xml version="1.0"?><mzML xmlns="http://psi.hupo.org/ms/mzml">'
        '<referenceableParamGroupList count="1"><referenceableParamGroup id="common">'
        f"{_cv('MS:1000129')}{_cv('MS:1000128')}</referenceableParamGroup>"
        '</referenceableParamGroupList><run id="r"><spectrumList>'
        + "".join(parts)
        + "</spectrumList></run></mzML>"
    )


def _three_scans() -> list[tuple[np.ndarray, np.ndarray]]:
    mz = 1000 + 0.01 * np.arange(200)
    return [(mz, k * np.exp(-(((mz - 1001) / 0.05) ** 2))) for k in (1.0, 2.0, 3.0)]


@pytest.mark.parametrize("compress", [True, False])
def test_mzml(compress: bool, tmp_path: Path) -> None:
    scans = _three_scans()
    file = write(tmp_path / "run.mzML", _mzml(scans, compress=compress))
    spectra = read_spectra(file)
    assert [spectrum.time_s for spectrum in spectra] == [0, 30, 60]
    assert all(s.profile and s.polarity == -1 for s in spectra)
    np.testing.assert_array_equal(spectra[1].mz, scans[1][0])
    np.testing.assert_allclose(spectra[1].intensity, scans[1][1], rtol=1e-6, atol=1e-30)


def test_scan_choice(tmp_path: Path) -> None:
    scans = _three_scans()
    file = write(tmp_path / "run.mzML", _mzml(scans))
    top = [float(s.intensity.max()) for s in read_spectra(file)]
    assert read_spectrum(file, 2).intensity.max() == pytest.approx(top[1])
    assert read_spectrum(file, (2, 3)).intensity.max() == pytest.approx(top[1] + top[2])
    whole = read_spectrum(file)
    assert whole.intensity.max() == pytest.approx(sum(top))
    assert "summed 3 scans" in whole.notes
    with pytest.raises(DataFileError, match="has no scan 7; it has 1 to 3"):
        read_spectrum(file, 7)


def test_a_cut_off_mzml_keeps_its_whole_scans_and_says_so(tmp_path: Path) -> None:
    text = _mzml(_three_scans())
    file = write(tmp_path / "run.mzML", text[: text.rindex("<binary>") + 200])
    spectrum = read_spectrum(file)
    assert "summed 2 scans" in spectrum.notes
    assert any("cut off" in note for note in spectrum.notes)


def test_damaged_numbers_in_mzml(tmp_path: Path) -> None:
    text = _mzml(_three_scans()).replace("<binary>eJ", "<binary>AA", 1)
    with pytest.raises(DataFileError, match=r"scan=1 are damaged"):
        read_spectrum(write(tmp_path / "run.mzML", text))


def test_numpress_names_the_option_to_leave_out(tmp_path: Path) -> None:
    text = _mzml(_three_scans()).replace("MS:1000574", "MS:1002312")
    with pytest.raises(DataFileError, match="without the numpress"):
        read_spectrum(write(tmp_path / "run.mzML", text))


def _mzxml(scans: list[tuple[np.ndarray, np.ndarray]]) -> str:
    body = "".join(
        f'<scan num="{i}" msLevel="1" peaksCount="{len(mz)}" polarity="-" centroided="0" '
        f'retentionTime="PT{30 * i}.5S"><peaks precision="64" byteOrder="network" '
        f'contentType="m/z-int" compressionType="zlib" compressedLen="0">'
        f"{_packed(np.column_stack([mz, heights]).ravel(), '>f8', compress=True)}</peaks></scan>"
        for i, (mz, heights) in enumerate(scans, start=1)
    )
    return (
        '<?xml version="1.0"?><mzXML xmlns="http://sashimi.sourceforge.net/schema_revision/'
        f'mzXML_3.2"><msRun scanCount="{len(scans)}">{body}</msRun></mzXML>'
    )


def test_mzxml_agrees_with_pyteomics(tmp_path: Path) -> None:
    from pyteomics import mzxml

    file = write(tmp_path / "run.mzXML", _mzxml(_three_scans()))
    ours = read_spectra(file)
    with mzxml.MzXML(str(file), use_index=False) as reader:
        theirs = list(reader)
    assert [s.time_s for s in ours] == [30.5, 60.5, 90.5]
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a.mz, b["m/z array"])
        np.testing.assert_array_equal(a.intensity, b["intensity array"])
        assert a.polarity == {"-": -1, "+": 1}[b["polarity"]]


def test_mgf_agrees_with_pyteomics(tmp_path: Path) -> None:
    from pyteomics import mgf

    text = "".join(
        f"BEGIN IONS\nTITLE=run {k}\nRTINSECONDS={k * 10}\nCHARGE=2-\nPEPMASS=1000.5\n"
        f"1000.1 {k}.5\n1001.25 7\n\nEND IONS\n\n"
        for k in (1, 2)
    )
    file = write(tmp_path / "run.mgf", text)
    ours = read_spectra(file)
    with mgf.MGF(str(file)) as reader:
        theirs = list(reader)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a.mz, b["m/z array"])
        np.testing.assert_array_equal(a.intensity, b["intensity array"])
        assert (a.polarity, a.profile) == (-1, False)
    assert [s.time_s for s in ours] == [10, 20]


def test_xlsx(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Measured by somebody"])
    data = book.create_sheet("spectrum")
    data.append(["m/z", "Intensity"])
    for row in ((1000.125, 3), (1001.125, 4.5), (1002.125, None)):
        data.append(row)
    file = tmp_path / "book.xlsx"
    book.save(file)
    spectrum = read_spectrum(file)
    assert spectrum.mz.tolist() == [1000.125, 1001.125]
    assert "spectrum" in spectrum.source


def test_scans_with_different_axes_are_summed(tmp_path: Path) -> None:
    scans = [
        (mz, 100 * np.exp(-(((mz - 1001) / 0.05) ** 2)))
        for mz in (1000 + 0.01 * np.arange(200), 1000.0033 + 0.01 * np.arange(200))
    ]
    spectrum = read_spectrum(write(tmp_path / "run.mzML", _mzml(scans)))
    apex = spectrum.mz[spectrum.intensity.argmax()]
    assert apex == pytest.approx(1001, abs=0.006)
    assert spectrum.intensity.max() == pytest.approx(200, rel=0.03)
    area = float(np.trapezoid(spectrum.intensity, spectrum.mz))
    assert area == pytest.approx(2 * 100 * 0.05 * np.sqrt(np.pi), rel=1e-3)


def test_a_folder_is_read_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    for minutes in (10, 2, 1):
        write(tmp_path / f"t{minutes}min.csv", f"mz,intensity\n1000,{minutes}\n1001,1\n")
    write(tmp_path / "notes.md", "not a spectrum")
    assert [s.intensity.max() for s in read_spectra(tmp_path)] == [1, 2, 10]


def test_the_digitised_spectra_read_as_profiles(shared: Path) -> None:
    files = sorted((shared / "data" / "ms").glob("*.csv"))
    assert files
    for file in files:
        spectrum = read_spectrum(file)
        assert spectrum.profile
        assert spectrum.notes == ()
