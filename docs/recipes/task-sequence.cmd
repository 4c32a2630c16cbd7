@echo off
rem A step of a task sequence, which succeeds if the hotfix is really there:
rem   cmd /d /c task-sequence.cmd KB977203 "D:\SMS"
rem   exit code 0   it is, or by a later hotfix's files
rem   exit code 1   it is not, or half of it only: install it
rem   exit code 2   nobody can tell
rem The report, file by file, is in smsts.log.
setlocal DisableDelayedExpansion
set "HOTFIX=%~1"
set "ROOT=%~2"
set "KBVERIFY=%~dp0kbverify.exe"
if not defined ROOT echo which hotfix, and where? 1>&2 & exit /b 2
set "REPORT=%TEMP%\kbverify-%HOTFIX:/=-%.txt"

rem \ before a quotation mark would take it along.
if "%ROOT:~-1%"=="\" set "ROOT=%ROOT%."
if exist "%REPORT%" del "%REPORT%"
set "ERRORLEVEL="
"%KBVERIFY%" verify -k "%HOTFIX%" -o "%REPORT%" "%ROOT%"
set "CODE=%ERRORLEVEL%"

rem Without a report the exit code is not kbverify's word on the hotfix.
if not exist "%REPORT%" echo exit code %CODE%, no report from "%KBVERIFY%" 1>&2 & exit /b 2
type "%REPORT%"
if "%CODE%"=="0" exit /b 0
if "%CODE%"=="1" exit /b 1
exit /b 2
