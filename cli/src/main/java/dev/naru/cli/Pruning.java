package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Removes what is not used, kind by kind, and tells what went and how much space that gave back. */
final class Pruning {
    private final Session session;
    private long reclaimed;

    Pruning(Session session) {
        this.session = requireNonNull(session, "session");
    }

    void containers(List<String> filters) {
        Object answer = prune("/containers/prune", filters);
        list("Deleted Containers:", answer, "ContainersDeleted", String::valueOf);
    }

    void networks(List<String> filters) {
        Object answer = prune("/networks/prune", filters);
        list("Deleted Networks:", answer, "NetworksDeleted", String::valueOf);
    }

    void volumes(List<String> filters, boolean all) {
        Object answer = prune("/volumes/prune", all ? with(filters, "all=true") : filters);
        list("Deleted Volumes:", answer, "VolumesDeleted", String::valueOf);
    }

    void images(List<String> filters, boolean all) {
        Object answer = prune("/images/prune", with(filters, "dangling=" + !all));
        list("Deleted Images:", answer, "ImagesDeleted", image -> {
            String untagged = Json.text(image, "Untagged");
            return untagged.isEmpty() ? "deleted: " + Json.text(image, "Deleted") : "untagged: " + untagged;
        });
    }

    void builds(List<String> filters, boolean all, long keep) {
        var query = new Query("/build/prune").maybe("all", all ? "1" : "").maybe("keep-storage", keep == 0 ? "" : keep);
        Object answer = send(query.filters(filters));
        list("Deleted build cache objects:", answer, "CachesDeleted", String::valueOf);
    }

    void total() {
        session.out().println("Total reclaimed space: " + Units.size((double) reclaimed, 4));
    }

    private static List<String> with(List<String> filters, String more) {
        var all = new ArrayList<>(filters);
        all.add(more);
        return all;
    }

    private @Nullable Object prune(String path, List<String> filters) {
        return send(new Query(path).filters(filters));
    }

    private @Nullable Object send(Query query) {
        Object answer = session.engine().send("POST", query, null).json();
        reclaimed += Json.number(answer, "SpaceReclaimed");
        return answer;
    }

    private void list(String title, @Nullable Object answer, String field, Function<@Nullable Object, String> line) {
        List<@Nullable Object> removed = Json.list(Json.at(answer, field));
        if (!removed.isEmpty()) {
            session.out().println(title);
            removed.forEach(each -> session.out().println(line.apply(each)));
            session.out().println();
        }
    }
}
