package dev.naru.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** {@code naru completion}: words for a shell, made from the same tables as the parser. */
final class CompletionCommand extends Command {
    CompletionCommand() {
        super("completion", "bash|zsh", "Print a completion script for a shell", 1, 1, List.of());
    }

    @Override
    int run(Session session, Arguments arguments) {
        String shell = arguments.operand(0);
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new CliException("no completion for \"" + shell + "\": use bash or zsh");
        }
        if (shell.equals("zsh")) {
            session.out().println("autoload -U +X bashcompinit && bashcompinit");
        }
        session.out().println("_naru() {");
        session.out().println("  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} words=");
        session.out().println("  [ \"$COMP_CWORD\" = 1 ] && words=\"" + String.join(" ", names()) + "\"");
        session.out().println("  [ \"$COMP_CWORD\" = 1 ] || case $command in");
        for (String group : CommandTable.GROUPS) {
            session.out()
                    .println("    " + group + ") words=\"" + String.join(" ", CommandTable.members(group)) + "\" ;;");
        }
        for (String name : names()) {
            if (!CommandTable.isGroup(name)) {
                session.out().println("    " + name + ") words=\"" + options(name) + "\" ;;");
            }
        }
        session.out().println("  esac");
        session.out().println("  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))");
        session.out().println("}");
        session.out().println("complete -o default -F _naru naru");
        return 0;
    }

    private static Set<String> names() {
        var names = new TreeSet<>(CommandTable.COMMON);
        names.addAll(CommandTable.OTHERS);
        names.addAll(CommandTable.GROUPS);
        return names;
    }

    private static String options(String name) {
        Command command = CommandTable.find(new ArrayList<>(List.of(name)));
        var words = new StringBuilder();
        if (command != null) {
            command.options().forEach(option -> words.append(words.isEmpty() ? "--" : " --")
                    .append(option.name()));
        }
        return words.toString();
    }
}
