package org.craq.node.files;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.craq.core.chain.NodeId;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.replica.WriteOutcome;
import org.craq.node.metadata.FileRecord;
import org.craq.node.metadata.Metadata;
import org.craq.node.metadata.ReplicaLife;
import org.craq.node.replication.Members;
import org.craq.node.replication.OpenContents;

/**
 * Writes, at the head, versions with contents that other versions have brought. Nobody could give those to a head: so
 * it holds them as a reader would, and then asks, in a transaction that no giving-up can overlap, whether they are still
 * kept. Other members may have given them up by then; they fetch them.
 */
public final class SharedContents {
    private final NodeId self;
    private final Members members;
    private final Metadata metadata;
    private final OpenContents open;

    public SharedContents(NodeId self, Members members, Metadata metadata, OpenContents open) {
        this.self = self;
        this.members = members;
        this.metadata = metadata;
        this.open = open;
    }

    /**
     * Begins a write. Blocks for a look into the database.
     *
     * @param sources versions whose contents it uses
     * @return empty when one of them has been given up; nothing is written then
     */
    public Optional<CompletableFuture<WriteOutcome>> write(
            Collection<FileRecord> sources, Supplier<CompletableFuture<WriteOutcome>> write) {
        List<ContentId> contents = sources.stream()
                .flatMap(source -> source.body().orElseThrow().contents().stream())
                .map(Content::id)
                .toList();
        contents.forEach(open::opened);
        try {
            if (areKept(sources)) {
                return Optional.of(write.get().whenComplete((outcome, failure) -> {
                    // What may yet be written is held as long as this node lives.
                    if (outcome != null && !(outcome instanceof WriteOutcome.Unknown)) {
                        contents.forEach(open::closed);
                    }
                }));
            }
        } catch (RuntimeException e) {
            contents.forEach(open::closed);
            throw e;
        }
        contents.forEach(open::closed);
        return Optional.empty();
    }

    private boolean areKept(Collection<FileRecord> sources) {
        return sources.isEmpty()
                || DatabaseCalls.ask(() -> metadata.keeps(
                        new ReplicaLife(
                                self, members.onlyDriver().view().report().chain(), members.incarnation()),
                        List.copyOf(sources)));
    }
}
