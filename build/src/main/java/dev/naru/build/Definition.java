package dev.naru.build;

import dev.naru.oci.Platform;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an operation is, in the parts of a key: everything that its result depends on but its inputs. */
final class Definition {
    private Definition() {}

    static void write(KeyWriter key, Operation operation, @Nullable Platform platform) {
        key.add(operation.getClass().getSimpleName());
        key.add(platform == null ? null : platform.toString());
        switch (operation) {
            case Source source -> source(key, source);
            case Execution execution -> execution(key, execution);
            case FileOperation files -> files.actions().forEach(action -> action(key, action));
            case Operation.Merge merge -> merge.inputs().forEach(key::add);
            case Operation.Difference difference -> key.add(difference.lower()).add(difference.upper());
        }
    }

    private static void source(KeyWriter key, Source source) {
        switch (source) {
            case Source.Image image -> key.add(image.reference());
            case Source.Layout layout ->
                key.add(layout.store()).add(layout.reference()).add(layout.digest());
            case Source.Local local ->
                key.add(local.name())
                        .add(local.include())
                        .add(local.exclude())
                        .add(local.followPaths())
                        .add(local.sharedKey());
            case Source.Git git ->
                key.add(git.remote())
                        .add(git.ref())
                        .add(git.directory())
                        .add(git.keepGitDirectory())
                        .add(git.submodules())
                        .add(git.checksum());
            case Source.Http http ->
                key.add(http.url())
                        .add(http.checksum())
                        .add(http.fileName())
                        .add(http.mode())
                        .add(http.uid())
                        .add(http.gid());
        }
    }

    private static void execution(KeyWriter key, Execution execution) {
        key.add(execution.arguments());
        key.add(execution.environment());
        key.add(execution.workingDirectory()).add(execution.user()).add(execution.hostname());
        for (Map.Entry<String, String> host : new TreeMap<>(execution.extraHosts()).entrySet()) {
            key.add(host.getKey()).add(host.getValue());
        }
        execution.mounts().forEach(mount -> mount(key, mount));
        key.add(execution.network().name()).add(execution.security().name());
        execution
                .secrets()
                .forEach(secret -> key.add(secret.id()).add(secret.name()).add(secret.optional()));
        key.add(execution.devices().stream().map(Execution.Device::name).toList());
        execution.validExitCodes().forEach(key::add);
    }

    private static void mount(KeyWriter key, BuildMount mount) {
        key.add(mount.getClass().getSimpleName()).add(mount.target());
        switch (mount) {
            case BuildMount.Bind bind ->
                key.add(bind.input()).add(bind.selector()).add(bind.readOnly()).add(bind.output());
            case BuildMount.Cache cache ->
                key.add(cache.id()).add(cache.input()).add(cache.selector()).add(cache.readOnly());
            case BuildMount.Tmpfs tmpfs -> key.add(tmpfs.size());
            case BuildMount.Secret secret ->
                key.add(secret.id())
                        .add(secret.uid())
                        .add(secret.gid())
                        .add(secret.mode())
                        .add(secret.optional());
            case BuildMount.Ssh ssh -> key.add(ssh.id()).add(ssh.optional());
        }
    }

    /** A copy's source path is left out where the files that it selects are a part of the key: see {@link #effect}. */
    private static void action(KeyWriter key, FileAction action) {
        if (action instanceof FileAction.Copy copy) {
            key.add(copy.source());
            key.add(copy.include()).add(copy.exclude()).add(copy.required());
            key.add(copy.followLinks())
                    .add(copy.wildcards())
                    .add(copy.allowNoMatch())
                    .add(copy.parents());
        }
        effect(key, action);
    }

    /** What an action does with the files that it has. */
    static void effect(KeyWriter key, FileAction action) {
        key.add(action.getClass().getSimpleName()).add(action.base()).add(action.output());
        switch (action) {
            case FileAction.Copy copy -> {
                key.add(copy.from()).add(copy.destination()).add(copy.mode()).add(copy.timestamp());
                key.add(copy.contents())
                        .add(copy.unpack())
                        .add(copy.createDestination())
                        .add(copy.parents())
                        .add(copy.replace());
                owner(key, copy.owner());
            }
            case FileAction.MakeFile file -> {
                key.add(file.path()).add(file.mode()).add(file.timestamp());
                key.add(file.content().text()).add(file.content().base64());
                owner(key, file.owner());
            }
            case FileAction.MakeDirectory directory -> {
                key.add(directory.path()).add(directory.mode()).add(directory.parents());
                key.add(directory.timestamp());
                owner(key, directory.owner());
            }
            case FileAction.Remove remove ->
                key.add(remove.path()).add(remove.allowMissing()).add(remove.wildcards());
            case FileAction.Link link -> {
                key.add(link.target()).add(link.path()).add(link.timestamp());
                owner(key, link.owner());
            }
        }
    }

    private static void owner(KeyWriter key, FileAction.Owner owner) {
        account(key, owner.user());
        account(key, owner.group());
    }

    private static void account(KeyWriter key, FileAction.@Nullable Account account) {
        switch (account) {
            case null -> key.add((String) null);
            case FileAction.Account.Id(int id) -> key.add("id").add(id);
            case FileAction.Account.Name(String name, int tree) ->
                key.add("name").add(name).add(tree);
        }
    }
}
