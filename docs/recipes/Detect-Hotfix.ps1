# Is the hotfix really there? Answers as ConfigMgr and its like ask:
#   some output, exit code 0   yes, or by a later hotfix's files
#   no output, exit code 0     no, or half of it only: install it
#   exit code 2                nobody can tell: install nothing, and look
# The report says why, file by file. Change these four lines:
$hotfix = 'KB977203'
$root = 'C:\Program Files\Microsoft Configuration Manager'
$kbverify = 'C:\Program Files\kbverify\kbverify.exe'
$report = "$env:SystemRoot\CCM\Logs\kbverify-$($hotfix -replace '/', '-').txt"

# \ before a quotation mark would take it along.
if ($root.EndsWith('\')) { $root += '.' }
if (Test-Path -LiteralPath $report) { Remove-Item -LiteralPath $report -Force }
$code = 'none'
try {
    & $kbverify verify -k $hotfix -o $report $root 2>&1 | Out-Null
    $code = $LASTEXITCODE
} catch {
    [Console]::Error.WriteLine($_.Exception.Message)
}

# Without a report the exit code is not kbverify's word on the hotfix.
if (Test-Path -LiteralPath $report) {
    if ($code -eq 0) { Get-Content -LiteralPath $report -Encoding UTF8; exit 0 }
    if ($code -eq 1) { exit 0 }
    Get-Content -LiteralPath $report -Encoding UTF8 | ForEach-Object { [Console]::Error.WriteLine($_) }
} else {
    [Console]::Error.WriteLine("exit code $code, no report; see `"$kbverify`" verify -k $hotfix `"$root`"")
}
exit 2
