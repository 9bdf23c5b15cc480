from tests.formats.conftest import quick, server

__all__ = ["quick", "server"]
