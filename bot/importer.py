"""Reads the domain from the folder domain/, and the lines once: `rasa train` needs no more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.lines import Line
from bot.silence import report_to_nobody

DOMAIN = "domain"


class FolderImporter(RasaFileImporter):
    """Rasa's own importer, with the folder beside config.yml where no domain file was named."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: Sequence[str] | str | None = None,
        **kwargs: object,
    ) -> None:
        """Take what Rasa gives, and the folder where it gives no domain."""
        report_to_nobody()
        folder = Path(config_file or "config.yml").parent / DOMAIN
        # Rasa names domain.yml where nobody named anything, whether it exists or not.
        if (domain_path is None or not Path(domain_path).exists()) and folder.is_dir():
            domain_path = str(folder)
        super().__init__(config_file, domain_path, training_data_paths)
        self._lines: TrainingData | None = None

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Read the lines, once: Rasa asks for those of `language` and for those of any."""
        if self._lines is None:
            read = [load_data(path, language or "en") for path in self._nlu_files]
            for each in read:
                each.training_examples = [Line.of(line) for line in each.training_examples]
            self._lines = TrainingData().merge(*read)
        return self._lines
