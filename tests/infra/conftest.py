from tests.support.llm import local_llm_url, scripted_llm, scripted_llm_session

__all__ = ["local_llm_url", "scripted_llm", "scripted_llm_session"]
