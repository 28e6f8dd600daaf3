package dev.naru.buildkit;

import dev.naru.build.Provenance;
import dev.naru.build.Vertex;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.ProtoWriter;
import dev.naru.image.Attestation;
import dev.naru.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A build as history tells it.
 *
 * @param about moby.buildkit.v1.BuildHistoryRecord
 * @param blobs what it names by digest: provenance of results, and failures
 */
record HistoryRecord(byte[] about, List<byte[]> blobs) {
    static final int PINNED = 14;

    private static final int UNKNOWN = 2;
    private static final String FAILURE = "application/vnd.googeapis.google.rpc.status+proto";

    HistoryRecord {
        blobs = List.copyOf(blobs);
    }

    /** One that goes on, or that ended before it was kept. */
    static ProtoWriter brief(Build build) {
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

    /** One that has ended, with what it names. */
    static HistoryRecord of(Build build) throws InterruptedException {
        List<byte[]> blobs = new ArrayList<>();
        ProtoWriter record = brief(build);
        GrpcException failure = build.outcomeFailure();
        if (failure != null && !failure.details().isEmpty()) {
            byte[] status = failure.toProto().toBytes();
            blobs.add(status);
            record.message(18, descriptor(FAILURE, status, Map.of()));
        }
        for (Map.Entry<String, Build.SolvedTree> each : build.results().entrySet()) {
            Attestation said = provenance(build, each.getValue().root());
            byte[] predicate = said.predicate().getBytes(StandardCharsets.UTF_8);
            blobs.add(predicate);
            var result = new ProtoWriter()
                    .message(
                            2,
                            descriptor(
                                    "application/vnd.in-toto+json",
                                    predicate,
                                    Map.of("in-toto.io/predicate-type", said.predicateType())));
            if (each.getKey().isEmpty()) {
                record.message(10, result);
            } else {
                record.message(11, new ProtoWriter().text(1, each.getKey()).message(2, result));
            }
        }
        return new HistoryRecord(record.toBytes(), blobs);
    }

    private static Attestation provenance(Build build, Vertex.@Nullable Input root) throws InterruptedException {
        return new Provenance(new Provenance.Order(true, false, "", false), build.invocation())
                .of(root, build.sources());
    }

    private static ProtoWriter descriptor(String type, byte[] content, Map<String, String> annotations) {
        return new ProtoWriter()
                .text(1, type)
                .text(2, Digest.of(content).toString())
                .number(3, content.length)
                .map(5, new LinkedHashMap<>(annotations));
    }
}
