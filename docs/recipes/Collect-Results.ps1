# Runs kbverify on many servers at once, and brings each one's result to one folder:
#   .\Collect-Results.ps1 -Servers (Get-Content servers.txt) -Root 'D:\SMS' -Folder results
# Needs PowerShell remoting (WinRM) to the servers, and an administrator's rights there.
param(
    [Parameter(Mandatory)] [string[]] $Servers,
    [Parameter(Mandatory)] [string] $Root,
    [Parameter(Mandatory)] [string] $Folder,
    [string] $Kbverify = (Join-Path $PSScriptRoot 'kbverify.exe')
)
$ErrorActionPreference = 'Stop'
New-Item -ItemType Directory -Path $Folder -Force | Out-Null
if ($Root.EndsWith('\')) { $Root += '.' }
$worst = 0
foreach ($server in $Servers) {
    $result = Join-Path $Folder "$server.json"
    # Yesterday's result does not stand for today's.
    if (Test-Path -LiteralPath $result) { Remove-Item -LiteralPath $result -Force }
    $session = $work = $null
    try {
        $session = New-PSSession -ComputerName $server
        $work = Invoke-Command -Session $session {
            $path = Join-Path ([IO.Path]::GetTempPath()) "kbverify-$([guid]::NewGuid())"
            (New-Item -ItemType Directory -Path $path).FullName
        }
        Copy-Item -LiteralPath $Kbverify -Destination "$work\kbverify.exe" -ToSession $session
        $code = Invoke-Command -Session $session -ArgumentList $work, $Root {
            param($work, $root)
            & "$work\kbverify.exe" detect -f json -o "$work\result.json" $root 2>&1 | Out-Null
            $LASTEXITCODE
        }
        Copy-Item -LiteralPath "$work\result.json" -Destination $result -FromSession $session
        "${server}: exit code $code"
        if ($code -notin 0, 1) { $code = 2 }
    } catch {
        "${server}: $($_.Exception.Message)"
        $code = 2
    } finally {
        if ($work) {
            try {
                Invoke-Command -Session $session -ArgumentList $work {
                    param($work)
                    Remove-Item -LiteralPath $work -Recurse -Force
                }
            } catch {
                "${server}: $work is left there: $($_.Exception.Message)"
            }
        }
        if ($session) { Remove-PSSession $session }
    }
    $worst = [Math]::Max($worst, $code)
}
exit $worst
