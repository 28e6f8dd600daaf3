package dev.naru.cli;

import java.util.List;

/** {@code naru completion}: a script for a shell, which asks {@code naru} itself what can come next. */
final class CompletionCommand extends Command {
    private static final String BASH = """
            _naru() {
              local line=${COMP_LINE:0:COMP_POINT} IFS=$' \\t\\n' word prefix=
              local -a words
              read -ra words <<<"$line"
              [[ $line == *[[:space:]] ]] && words+=("")
              word=${words[${#words[@]}-1]}
              # The shell takes what is before a colon or an equals sign for a word of its own.
              [[ $word == *[:=]* ]] && prefix=${word%"${word##*[:=]}"}
              IFS=$'\\n'
              COMPREPLY=($(naru __complete "${words[@]:1}" 2>/dev/null | cut -f1))
              [[ $COMP_WORDBREAKS == *:* ]] && COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
            }
            complete -o default -o bashdefault -F _naru naru
            """;
    private static final String ZSH = """
            #compdef naru
            _naru() {
              local -a lines
              lines=("${(@f)$(naru __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
              if [[ -n $lines[1] ]]; then
                compadd -- "${(@)lines%%$'\\t'*}"
              else
                _files
              fi
            }
            if [[ $funcstack[1] == _naru ]]; then
              _naru
            else
              compdef _naru naru
            fi
            """;
    private static final String FISH = """
            function __naru_complete
              set -l words (commandline -opc)
              set -e words[1]
              naru __complete $words (commandline -ct) 2>/dev/null
            end
            complete -c naru -a '(__naru_complete)'
            """;

    CompletionCommand() {
        super("completion", "bash|fish|zsh", "Print a completion script for a shell", 1, 1, List.of());
    }

    @Override
    int run(Session session, Arguments arguments) {
        String shell = arguments.operand(0);
        session.out()
                .print(
                        switch (shell) {
                            case "bash" -> BASH;
                            case "zsh" -> ZSH;
                            case "fish" -> FISH;
                            default ->
                                throw new CliException("no completion for \"" + shell + "\": use bash, fish or zsh");
                        });
        return 0;
    }
}
