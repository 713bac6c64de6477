"""Errors as answers: ``{"error": words}`` with a fitting status, and never a stack trace."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.errors import GridlensError, InputError, NotFoundError, PhotoError, StoreError

LOG = logging.getLogger("gridlens.api")

# First match counts. A locked database or a full disk may pass: 503 asks clients to try again.
_STATUSES: tuple[tuple[type[GridlensError], int], ...] = (
    (NotFoundError, 404),
    (PhotoError, 422),
    (InputError, 400),
    (StoreError, 503),
)


def add_error_answers(api: FastAPI) -> None:
    """Answer every error in the API's own form."""
    api.add_exception_handler(GridlensError, _answer_ours)
    api.add_exception_handler(RequestValidationError, _answer_invalid)
    api.add_exception_handler(HTTPException, _answer_http)
    api.add_exception_handler(Exception, _answer_unexpected)


def error_answer(message: str, status: int) -> JSONResponse:
    """The form of all error answers."""
    return JSONResponse({"error": message}, status)


async def _answer_ours(_: Request, error: Exception) -> JSONResponse:
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    if status >= 500:
        LOG.error("%s", error)
    return error_answer(str(error), status)


async def _answer_invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = (f"{'.'.join(str(part) for part in e['loc'][1:]) or 'body'}: {e['msg']}" for e in error.errors())
    return error_answer("; ".join(problems), 422)


async def _answer_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return error_answer(str(error.detail), error.status_code)


async def _answer_unexpected(request: Request, error: Exception) -> JSONResponse:
    LOG.error("%s %s", request.method, request.url.path, exc_info=error)
    return error_answer("Gridlens failed at this request; its log says why", 500)
