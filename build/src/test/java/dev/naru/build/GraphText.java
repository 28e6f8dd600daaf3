package dev.naru.build;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A graph as lines, inputs first, for tests to compare: {@code name <- inputs}. */
final class GraphText {
    private final List<String> lines = new ArrayList<>();
    private final Map<Vertex, Integer> numbers = new HashMap<>();

    static List<String> of(BuildResult result) {
        var text = new GraphText();
        for (BuildResult.PlatformResult each : result.platforms()) {
            Vertex.Input root = each.root();
            if (root != null) {
                text.visit(root.vertex());
            }
        }
        return text.lines;
    }

    private int visit(Vertex vertex) {
        Integer known = numbers.get(vertex);
        if (known != null) {
            return known;
        }
        List<String> inputs = new ArrayList<>();
        for (Vertex.Input input : vertex.inputs()) {
            inputs.add(String.valueOf(visit(input.vertex())));
        }
        int number = lines.size();
        numbers.put(vertex, number);
        lines.add(number + ": " + vertex.label().name() + " | " + operation(vertex.operation())
                + (inputs.isEmpty() ? "" : " <- " + String.join(",", inputs)));
        return number;
    }

    private static String operation(Operation operation) {
        return switch (operation) {
            case Source.Image image -> "image " + image.reference();
            case Source.Layout layout -> "layout " + layout.reference() + "@" + layout.digest();
            case Source.Local local ->
                "local " + local.name() + " paths=" + local.followPaths() + " exclude=" + local.exclude();
            case Source.Git git ->
                "git " + git.remote() + " ref=" + git.ref() + " dir=" + git.directory() + " keep="
                        + git.keepGitDirectory() + " submodules=" + git.submodules() + " sum=" + git.checksum();
            case Source.Http http -> "http " + http.url() + " sum=" + http.checksum() + " name=" + http.fileName();
            case Execution run -> execution(run);
            case FileOperation files ->
                "files " + files.actions().stream().map(GraphText::action).toList();
            case Operation.Merge merge -> "merge";
            case Operation.Difference difference -> "difference";
        };
    }

    private static String execution(Execution run) {
        var text = new StringBuilder("exec " + run.arguments() + " in " + run.workingDirectory());
        text.append(run.user().isEmpty() ? "" : " user=" + run.user());
        text.append(" env=").append(run.environment());
        text.append(run.proxies().isEmpty() ? "" : " proxies=" + run.proxies());
        text.append(run.network() == Execution.Network.DEFAULT ? "" : " net=" + run.network());
        text.append(run.security() == Execution.Security.SANDBOX ? "" : " " + run.security());
        text.append(
                run.devices().isEmpty()
                        ? ""
                        : " devices="
                                + run.devices().stream()
                                        .map(Execution.Device::name)
                                        .toList());
        text.append(run.hostname().isEmpty() ? "" : " host=" + run.hostname());
        run.secrets().forEach(each -> text.append(" ").append(each));
        run.mounts().stream().skip(1).forEach(each -> text.append(" ").append(each));
        return text.toString();
    }

    private static String action(FileAction action) {
        return switch (action) {
            case FileAction.Copy copy ->
                "copy " + copy.from() + ":" + copy.source() + " to " + copy.base() + ":" + copy.destination()
                        + owner(copy.owner()) + (copy.mode() == null ? "" : " mode=" + copy.mode())
                        + (copy.unpack() ? " unpack" : "") + (copy.parents() ? " parents" : "")
                        + (copy.exclude().isEmpty() ? "" : " exclude=" + copy.exclude());
            case FileAction.MakeFile file ->
                "file " + file.path() + " " + Integer.toOctalString(file.mode()) + " "
                        + file.content().text().replace("\n", "\\n");
            case FileAction.MakeDirectory directory ->
                "directory " + directory.path() + " " + Integer.toOctalString(directory.mode())
                        + owner(directory.owner());
            case FileAction.Remove remove -> "remove " + remove.path();
            case FileAction.Link link -> "link " + link.path();
        };
    }

    private static String owner(FileAction.Owner owner) {
        return owner.user() == null && owner.group() == null
                ? ""
                : " owner=" + account(owner.user()) + ":" + account(owner.group());
    }

    private static String account(FileAction.@Nullable Account account) {
        return switch (account) {
            case null -> "-";
            case FileAction.Account.Id id -> String.valueOf(id.id());
            case FileAction.Account.Name name -> name.name() + "@" + name.tree();
        };
    }
}
