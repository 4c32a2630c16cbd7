@echo off
rem Is the hotfix really there? Answers as ConfigMgr and its like ask:
rem   some output, exit code 0   yes, or by a later hotfix's files
rem   no output, exit code 0     no, or half of it only: install it
rem   exit code 2                nobody can tell: install nothing, and look
rem The report says why, file by file. Change these four lines:
setlocal DisableDelayedExpansion
set "HOTFIX=KB977203"
set "ROOT=C:\Program Files\Microsoft Configuration Manager"
set "KBVERIFY=%~dp0kbverify.exe"
set "REPORT=%SystemRoot%\CCM\Logs\kbverify-%HOTFIX:/=-%.txt"

rem \ before a quotation mark would take it along.
if "%ROOT:~-1%"=="\" set "ROOT=%ROOT%."
if exist "%REPORT%" del "%REPORT%"
set "ERRORLEVEL="
"%KBVERIFY%" verify -k "%HOTFIX%" -o "%REPORT%" "%ROOT%" >nul 2>nul
set "CODE=%ERRORLEVEL%"

rem Without a report the exit code is not kbverify's word on the hotfix.
if exist "%REPORT%" if "%CODE%"=="0" type "%REPORT%" & exit /b 0
if exist "%REPORT%" if "%CODE%"=="1" exit /b 0
if exist "%REPORT%" type "%REPORT%" 1>&2
if not exist "%REPORT%" echo exit code %CODE%, no report; see "%KBVERIFY%" verify -k "%HOTFIX%" "%ROOT%" 1>&2
exit /b 2
