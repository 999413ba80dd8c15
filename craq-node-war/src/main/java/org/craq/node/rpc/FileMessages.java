package org.craq.node.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.replica.Condition;
import org.craq.node.files.Answer;
import org.craq.node.files.FileWrites;
import org.craq.node.files.IncomingWrite;
import org.craq.node.files.Labels;
import org.craq.node.files.NewFile;
import org.craq.node.files.RequestedFreshness;
import org.craq.node.files.Step;
import org.craq.node.files.UserNames;
import org.craq.node.files.WriteIds;
import org.craq.node.metadata.FileRecord;
import org.craq.wire.Errors;
import org.craq.wire.v1.Answered;
import org.craq.wire.v1.Consistency;
import org.craq.wire.v1.CopyStep;
import org.craq.wire.v1.FileInfo;
import org.craq.wire.v1.Precondition;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.Turn;
import org.craq.wire.v1.Version;
import org.craq.wire.v1.VersionInfo;
import org.craq.wire.v1.WriteHeader;

/** Converts users' messages to core values and back. Invalid messages throw IllegalArgumentException that states the violated rule. */
public final class FileMessages {
    /** Tells a client that its turn has not come yet. */
    static final Turn IN_LINE = Turn.getDefaultInstance();

    private FileMessages() {}

    /** Describes a version; a tombstone, or any record without a body, lacks length, checksum and chunk size. */
    public static FileInfo info(FileRecord file, boolean clean) {
        FileInfo.Builder info = FileInfo.newBuilder()
                .setName(file.name().value())
                .setVersion(version(file.version()))
                .setContentType(file.contentType())
                .putAllUserMetadata(file.userMetadata())
                .setCreatedAtMillis(file.createdAtMillis())
                .setClean(clean);
        file.body()
                .ifPresent(body ->
                        info.setLength(body.length()).setCrc32C(body.crc32c()).setChunkSize(body.chunkSize()));
        return info.build();
    }

    static VersionInfo versionInfo(FileRecord file, boolean clean) {
        return VersionInfo.newBuilder()
                .setFile(info(file, clean))
                .setDeleted(file.tombstone())
                .setPruned(file.pruned())
                .build();
    }

    static Receipt receipt(FileWrites.Done done) {
        return Receipt.newBuilder()
                .setName(done.name().value())
                .setVersion(version(done.version()))
                .setLength(done.body().map(Body::length).orElse(0L))
                .setCrc32C(done.body().map(Body::crc32c).orElse(0))
                .addAllMembers(done.memberIds())
                .setEpoch(done.chain().epoch().value())
                .setSession(done.session().toString())
                .build();
    }

    static Answered answered(NodeId node, Answer<?> answer) {
        return Answered.newBuilder()
                .setNodeId(node.value())
                .setConsistency(Consistency.valueOf(answer.level().name()))
                .setSession(answer.session().toString())
                .build();
    }

    static Version version(org.craq.core.file.Version version) {
        return Version.newBuilder()
                .setEpoch(version.epoch().value())
                .setSeq(version.seq().value())
                .build();
    }

    static Optional<org.craq.core.file.Version> version(boolean present, Version version) {
        return present
                ? Optional.of(new org.craq.core.file.Version(new Epoch(version.getEpoch()), new Seq(version.getSeq())))
                : Optional.empty();
    }

    /**
     * Converts the header of a write.
     *
     * @throws CraqException INVALID_ARGUMENT when it is invalid
     */
    static NewFile newFile(WriteHeader header, String user) {
        return Errors.valid(() -> {
            FileName name = UserNames.of(header.getName());
            return new NewFile(
                    name,
                    WriteIds.of(header.getWriteId(), user),
                    new Labels(header.getContentType(), header.getUserMetadataMap()),
                    chunkSize(header.getChunkSize()),
                    conditions(name, header.getPrecondition()),
                    RequestedFreshness.session(header.getYoungerThan()));
        });
    }

    /** Tells a client that its turn has come, and what is kept of its write. */
    static Turn granted(IncomingWrite write) {
        Turn.Builder turn = Turn.newBuilder().setCome(true);
        write.kept().ifPresent(kept -> {
            turn.setKept(kept.bytes());
            kept.crc32c().ifPresent(turn::setKeptCrc32C);
        });
        return turn.build();
    }

    static int chunkSize(int asked) {
        if (asked == 0) {
            return Content.MAX_CHUNK_SIZE;
        }
        if (asked < Content.MIN_CHUNK_SIZE || asked > Content.MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException("chunk_size must be between " + Content.MIN_CHUNK_SIZE + " and "
                    + Content.MAX_CHUNK_SIZE + "; it is " + asked);
        }
        return asked;
    }

    static Step step(org.craq.wire.v1.Step step) {
        return switch (step.getKindCase()) {
            case COPY -> {
                CopyStep copy = step.getCopy();
                FileName name = UserNames.of(copy.getName());
                yield new Step.Copy(
                        UserNames.of(copy.getSource()),
                        version(copy.hasSourceVersion(), copy.getSourceVersion()),
                        name,
                        copy.hasLabels() ? Optional.of(labels(copy.getLabels())) : Optional.empty(),
                        copy.getRemovesSource(),
                        conditions(name, copy.getPrecondition()));
            }
            case DELETE -> {
                FileName name = UserNames.of(step.getDelete().getName());
                yield new Step.Delete(name, conditions(name, step.getDelete().getPrecondition()));
            }
            case CHECK -> {
                FileName name = UserNames.of(step.getCheck().getName());
                yield new Step.Check(name, conditions(name, step.getCheck().getPrecondition()));
            }
            case KIND_NOT_SET ->
                throw new IllegalArgumentException("a step must copy, delete or check; one does nothing");
        };
    }

    private static Labels labels(org.craq.wire.v1.Labels labels) {
        return new Labels(labels.getContentType(), labels.getUserMetadataMap());
    }

    static List<Condition> conditions(FileName name, Precondition precondition) {
        List<Condition> conditions = new ArrayList<>();
        switch (precondition.getKindCase()) {
            case IF_VERSION ->
                conditions.add(new Condition.IsVersion(
                        name, version(true, precondition.getIfVersion()).orElseThrow()));
            case IF_ABSENT -> {
                if (precondition.getIfAbsent()) {
                    conditions.add(new Condition.IsAbsent(name));
                }
            }
            case IF_PRESENT -> {
                if (precondition.getIfPresent()) {
                    conditions.add(new Condition.Exists(name));
                }
            }
            case KIND_NOT_SET -> {}
        }
        return conditions;
    }
}
