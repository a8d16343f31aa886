"""The language model: one client for any endpoint, and llama.cpp's server as the default one."""
