"""Reads the domain from the folder domain/, so that plain `rasa train` finds it by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter

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
