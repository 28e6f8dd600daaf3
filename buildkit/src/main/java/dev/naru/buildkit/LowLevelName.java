package dev.naru.buildkit;

import dev.naru.build.Execution;
import dev.naru.build.FileAction;
import dev.naru.build.FileOperation;
import dev.naru.build.Operation;
import dev.naru.build.Source;
import dev.naru.grpc.ProtoFields;
import java.util.stream.Collectors;

/** What progress calls an operation that its client gave no name. */
final class LowLevelName {
    private LowLevelName() {}

    static String of(Operation what, ProtoFields operation) {
        return switch (what) {
            case Execution execution -> String.join(" ", execution.arguments());
            case Source source -> operation.message(3).text(1);
            case FileOperation files ->
                files.actions().stream().map(LowLevelName::of).collect(Collectors.joining(", "));
            case Operation.Merge merge -> "merge " + merge.inputs().size() + " trees";
            case Operation.Difference difference -> "difference";
        };
    }

    private static String of(FileAction action) {
        return switch (action) {
            case FileAction.Copy copy -> "copy " + copy.source() + " " + copy.destination();
            case FileAction.MakeFile file -> "mkfile " + file.path();
            case FileAction.MakeDirectory directory -> "mkdir " + directory.path();
            case FileAction.Remove remove -> "rm " + remove.path();
            case FileAction.Link link -> "symlink " + link.path();
        };
    }
}
