package dev.naru.volume;

import dev.naru.error.NaruException;
import dev.naru.plugin.PluginAddress;
import dev.naru.plugin.PluginCalls;
import dev.naru.plugin.PluginCalls.Refusal;
import dev.naru.volume.PluginMessages.Answer;
import dev.naru.volume.PluginMessages.Capabilities;
import dev.naru.volume.PluginMessages.Known;
import dev.naru.volume.PluginMessages.Question;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Volumes that a plug-in keeps, by Docker's volume plug-in protocol. */
final class PluginDriver implements VolumeDriver {
    private final PluginCalls calls;
    private final JsonType<Question> questions;
    private final JsonType<Answer> answers;
    private volatile @Nullable String scope;

    PluginDriver(PluginCalls calls) {
        this.calls = calls;
        Jsonb json = Jsonb.builder().build();
        this.questions = json.type(Question.class);
        this.answers = json.type(Answer.class);
    }

    PluginAddress address() {
        return calls.address();
    }

    /** Asks what it implements; false when volumes are not among it. */
    boolean activate() {
        return calls.activate("cannot activate volume plugin " + name()).contains("VolumeDriver");
    }

    @Override
    public String name() {
        return calls.address().name();
    }

    @Override
    public String scope() {
        String known = scope;
        if (known == null) {
            known = askScope();
            scope = known;
        }
        return known;
    }

    private String askScope() {
        try {
            Capabilities capabilities = ask(
                            "volume plugin " + name(), "VolumeDriver.Capabilities", new Question(null, null, null))
                    .capabilities();
            return capabilities != null && "global".equalsIgnoreCase(capabilities.scope()) ? "global" : LOCAL;
        } catch (Refusal older) {
            // Plug-ins before version 1.2 of the protocol don't know the question.
            return LOCAL;
        }
    }

    @Override
    public StoredVolume plan(StoredVolume volume) {
        return StoredVolumeBuilder.builder(volume).unmade(true).build();
    }

    private Answer call(String what, String method, Question question) throws Refusal {
        return answers.fromJson(calls.call(what, method, questions.toJsonBytes(question)));
    }

    private Answer ask(String what, String method, Question question) throws Refusal {
        return answers.fromJson(calls.ask(what, method, questions.toJsonBytes(question)));
    }

    private Answer say(String what, String verb, Question question) {
        try {
            return call(what, "VolumeDriver." + verb, question);
        } catch (Refusal refused) {
            throw refused.as(what);
        }
    }

    private static Question of(StoredVolume volume) {
        return new Question(volume.name(), null, null);
    }

    @Override
    public void create(StoredVolume volume) {
        say("create " + volume.name(), "Create", new Question(volume.name(), volume.options(), null));
    }

    @Override
    public void remove(StoredVolume volume) {
        try {
            call("remove " + volume.name(), "VolumeDriver.Remove", of(volume));
        } catch (Refusal refused) {
            if (find(volume.name()).isPresent()) {
                throw refused.as("remove " + volume.name());
            }
        }
    }

    @Override
    public boolean mounts(StoredVolume volume) {
        return true;
    }

    @Override
    public Path mount(StoredVolume volume, String holder) {
        String what = "error while mounting volume '" + volume.name() + "'";
        return mountpoint(what, say(what, "Mount", new Question(volume.name(), null, holder)));
    }

    private static Path mountpoint(String what, Answer answer) {
        String path = answer.mountpoint();
        if (path == null || !path.startsWith("/")) {
            throw new NaruException(
                    dev.naru.error.ErrorKind.INTERNAL, what, "the plug-in answers no absolute mount point", null);
        }
        return Path.of(path);
    }

    @Override
    public void unmount(StoredVolume volume, String holder, boolean last) {
        say(
                "error while unmounting volume '" + volume.name() + "'",
                "Unmount",
                new Question(volume.name(), null, holder));
    }

    @Override
    public Path path(StoredVolume volume) {
        String what = "cannot find volume " + volume.name();
        return mountpoint(what, say(what, "Path", of(volume)));
    }

    @Override
    public Map<String, Object> status(StoredVolume volume) {
        return find(volume.name()).map(Known::status).orElse(Map.of());
    }

    @Override
    public long usage(StoredVolume volume) {
        return -1;
    }

    /** What the plug-in tells of a volume; empty when it has none of that name. */
    Optional<Known> find(String name) {
        try {
            return Optional.ofNullable(ask("get " + name, "VolumeDriver.Get", new Question(name, null, null))
                    .volume());
        } catch (Refusal unknown) {
            return Optional.empty();
        }
    }

    /** All its volumes. */
    List<Known> list() {
        try {
            List<Known> known = ask(
                            "list volumes of plugin " + name(), "VolumeDriver.List", new Question(null, null, null))
                    .volumes();
            return known == null ? List.of() : known;
        } catch (Refusal refused) {
            throw refused.as("list volumes of plugin " + name());
        }
    }
}
