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
 * Writes, on the head, versions that refer to contents of existing versions. The head could not fetch a content that it lacks from
 * anyone, so it first holds the contents as a reader would, and then checks that they are still kept, in a transaction that cannot
 * overlap with pruning. Other members that have already pruned them fetch them.
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
     * Begins a write. Blocks during a database query.
     *
     * @param sources versions whose contents the write uses
     * @param write submits the write
     * @return empty when one of the sources has been pruned; nothing is written then
     * @throws CraqException DATABASE_UNAVAILABLE, or an error of the write
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
                    // If the write may still take effect, the contents are held until this node stops.
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
