from real_api_server import real_api_server

__all__ = ['real_api_server']
