package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.BuildRecords;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The builds that go on and those that are remembered, as {@code docker buildx history} shows them. */
final class BuildHistory {
    private static final int STARTED = 0;
    private static final int COMPLETE = 1;
    private static final int DELETED = 2;
    private static final int UNKNOWN = 2;

    private static final int PINNED = 14;

    private final Builds builds;
    private final BuildRecords records;

    BuildHistory(Builds builds, BuildRecords records) {
        this.builds = requireNonNull(builds, "builds");
        this.records = requireNonNull(records, "records");
    }

    /** Remembers a build that has ended. */
    void keep(Build build) {
        if (build.origin().internal()) {
            return;
        }
        records.keep(build.reference(), record(build).toBytes(), build.log().kept(), build.isPinned());
        builds.changed();
    }

    /** Tells of builds, and of what becomes of them unless the client wants no more than there is. */
    void listen(GrpcCall call) throws IOException, InterruptedException {
        ProtoFields request = call.request();
        call.answer().add("buildkit-current-timestamp", Instant.now().toString());
        call.head();
        Map<Build, Integer> told = new HashMap<>();
        if (!request.truth(1)) {
            past(call, request.text(2));
        }
        for (long seen = builds.changes(); ; seen = builds.awaitChange(seen)) {
            List<Build> all = builds.all();
            for (Build each : all) {
                int state = each.hasEnded() ? COMPLETE : STARTED;
                if (wanted(request, each, state) && told.getOrDefault(each, -1) != state) {
                    told.put(each, state);
                    call.send(event(state, each));
                }
            }
            for (Build gone :
                    told.keySet().stream().filter(each -> !all.contains(each)).toList()) {
                told.remove(gone);
                call.send(event(DELETED, gone));
            }
            if (request.truth(3)) {
                return;
            }
        }
    }

    /** Those of which nothing is in memory any more. */
    private void past(GrpcCall call, String reference) throws IOException, InterruptedException {
        List<String> present = builds.all().stream().map(Build::reference).toList();
        for (BuildRecords.Kept each : records.all()) {
            String name = ProtoFields.of(each.about()).text(1);
            if (!present.contains(name) && (reference.isEmpty() || reference.equals(name))) {
                // Of a field that comes twice the last one counts; and those that are merged are one message.
                var about = new ByteArrayOutputStream();
                about.writeBytes(each.about());
                about.writeBytes(new ProtoWriter().truth(PINNED, each.pinned()).toBytes());
                call.send(new ProtoWriter().number(1, COMPLETE).element(2, about.toByteArray()));
            }
        }
    }

    private static boolean wanted(ProtoFields request, Build build, int state) {
        return !build.origin().internal()
                && (request.text(2).isEmpty() || request.text(2).equals(build.reference()))
                && (!request.truth(1) || state == STARTED);
    }

    /** Pins one, or forgets it. */
    void update(GrpcCall call) throws IOException, InterruptedException {
        ProtoFields request = call.request();
        String reference = request.text(1);
        Optional<Build> present = builds.find(reference);
        boolean known = request.truth(3) ? records.forget(reference) : records.pin(reference, request.truth(2));
        if (present.isPresent() && request.truth(3)) {
            builds.forget(present.get());
        } else if (present.isPresent()) {
            present.get().pin(request.truth(2));
        } else if (!known) {
            throw new GrpcException(GrpcStatus.NOT_FOUND, "no build " + reference);
        }
        call.send(new ProtoWriter());
    }

    private static ProtoWriter event(int type, Build build) {
        return new ProtoWriter().number(1, type).message(2, record(build).truth(PINNED, build.isPinned()));
    }

    private static ProtoWriter record(Build build) {
        BuildOrigin origin = build.origin();
        StatusLog.Counts counts = build.log().counts();
        var record = new ProtoWriter()
                .text(1, build.reference())
                .text(2, origin.frontend())
                .map(3, origin.attributes());
        for (Exports.Export each : origin.exports()) {
            record.message(4, new ProtoWriter().text(1, each.type()).map(2, each.attributes()));
        }
        GrpcException failure = build.outcomeFailure();
        if (failure != null) {
            record.message(5, new ProtoWriter().number(1, UNKNOWN).text(2, String.valueOf(failure.getMessage())));
        }
        record.message(6, StatusLog.time(origin.begun()));
        Instant ended = build.endedAt();
        if (ended != null) {
            record.message(7, StatusLog.time(ended));
        }
        return record.map(9, build.response())
                .number(12, 1)
                .number(15, counts.cached())
                .number(16, counts.steps())
                .number(17, counts.completed())
                .number(19, counts.warnings());
    }
}
