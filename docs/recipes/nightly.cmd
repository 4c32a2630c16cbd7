@echo off
rem Every night: the state of every known hotfix on this server, as a file on a share.
rem Task Scheduler shows the exit code as the result of the last run: 0 nothing is half
rem there, 1 something is, 2 trouble, of which the log tells. Change these lines:
setlocal DisableDelayedExpansion
set "ROOT=C:\Program Files\Microsoft Configuration Manager"
set "RESULT=\\AUDIT\kbverify\%COMPUTERNAME%.json"
set "KBVERIFY=%~dp0kbverify.exe"
set "LOG=%~dp0nightly.log"

rem \ before a quotation mark would take it along.
if "%ROOT:~-1%"=="\" set "ROOT=%ROOT%."
set "ERRORLEVEL="
"%KBVERIFY%" detect -f json -o "%RESULT%" "%ROOT%" >"%LOG%" 2>&1
set "CODE=%ERRORLEVEL%"
>>"%LOG%" echo %DATE% %TIME% exit code %CODE%
if "%CODE%"=="0" exit /b 0
if "%CODE%"=="1" exit /b 1
exit /b 2
