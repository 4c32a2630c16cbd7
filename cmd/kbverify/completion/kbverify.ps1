# Completions of kbverify for PowerShell, 5.1 and later.

Register-ArgumentCompleter -Native -CommandName 'kbverify', 'kbverify.exe' -ScriptBlock {
    param($prefix, $command, $cursor)

    $elements = @($command.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.ToString() }
    })
    if ($elements.Count -eq 0) { return }
    $program = $elements[0]
    $words = @($elements | Select-Object -Skip 1)
    $lines = @(& $program __complete @words ":$prefix" 2>$null)

    $lines | Select-Object -Skip 1 | ForEach-Object {
        $value, $about = $_ -split "`t", 2
        if (-not $about) { $about = $value }
        $text = $value
        if ($value -match '[^\w./:=-]') { $text = "'" + ($value -replace "'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
    # Where nothing is returned, PowerShell offers files by itself.
    if ($lines.Count -gt 1 -and $lines[0] -eq 'files') {
        [System.Management.Automation.CompletionCompleters]::CompleteFilename($prefix)
    }
}
