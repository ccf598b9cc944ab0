"""Stands for tensorflow where it is not installed; see safar_no_tensorflow."""

from safar_no_tensorflow import stand_in

stand_in(__name__)
