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

    private final Builds builds;
    private final BuildRecords records;

    BuildHistory(Builds builds, BuildRecords records) {
        this.builds = requireNonNull(builds, "builds");
        this.records = requireNonNull(records, "records");
    }

    /** Remembers a build that has ended. */
    void keep(Build build) throws InterruptedException {
        if (build.origin().internal()) {
            return;
        }
        byte[] about = HistoryRecord.brief(build).toBytes();
        try {
            HistoryRecord record = HistoryRecord.of(build);
            records.keep(build.reference(), record.about(), build.log().kept(), record.blobs(), build.isPinned());
            about = record.about();
        } finally {
            build.keptAs(about);
        }
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
                int state = each.kept() == null ? STARTED : COMPLETE;
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
            // What has ended is about to be kept.
            boolean settled = all.stream()
                    .noneMatch(each -> each.hasEnded() && each.kept() == null && wanted(request, each, COMPLETE));
            if (request.truth(3) && settled) {
                return;
            }
        }
    }

    /** Those of which nothing is in memory any more. */
    private void past(GrpcCall call, String reference) throws IOException, InterruptedException {
        List<String> present = builds.all().stream().map(Build::reference).toList();
        if (present.contains(reference)) {
            return;
        }
        List<BuildRecords.Kept> all = reference.isEmpty()
                ? records.all()
                : records.find(reference).stream().toList();
        for (BuildRecords.Kept each : all) {
            if (!present.contains(ProtoFields.of(each.about()).text(1))) {
                ProtoWriter pinned = new ProtoWriter().truth(HistoryRecord.PINNED, each.pinned());
                call.send(new ProtoWriter().number(1, COMPLETE).element(2, merged(each.about(), pinned)));
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
        byte[] kept = build.kept();
        ProtoWriter pinned = new ProtoWriter().truth(HistoryRecord.PINNED, build.isPinned());
        return new ProtoWriter()
                .number(1, type)
                .element(2, merged(kept == null ? HistoryRecord.brief(build).toBytes() : kept, pinned));
    }

    /** Of a field that comes twice the last one counts; and those that are merged are one message. */
    private static byte[] merged(byte[] about, ProtoWriter more) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(about);
        all.writeBytes(more.toBytes());
        return all.toByteArray();
    }
}
