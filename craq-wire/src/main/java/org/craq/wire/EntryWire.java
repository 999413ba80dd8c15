package org.craq.wire;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.Body;
import org.craq.core.file.Content;
import org.craq.core.file.ContentId;
import org.craq.core.file.FileName;
import org.craq.core.replica.EpochTable;
import org.craq.core.replica.Fingerprint;
import org.craq.core.replica.Operation;
import org.craq.core.replica.WriteId;
import org.craq.wire.v1.ContentPart;
import org.craq.wire.v1.DeleteVersion;
import org.craq.wire.v1.Entry;
import org.craq.wire.v1.EpochStart;
import org.craq.wire.v1.LogBase;
import org.craq.wire.v1.PutVersion;

/** Converts log entries to and from their wire format. Malformed messages raise IllegalArgumentException. */
public final class EntryWire {
    private EntryWire() {}

    public static Entry toWire(org.craq.core.replica.Entry entry) {
        Entry.Builder builder = Entry.newBuilder()
                .setEpoch(entry.epoch().value())
                .setSeq(entry.seq().value())
                .setCreatedAtMillis(entry.createdAtMillis());
        entry.operations().forEach(operation -> builder.addOperations(toWire(operation)));
        entry.request().map(Fingerprint::value).ifPresent(builder::setRequestFingerprint);
        return builder.build();
    }

    public static org.craq.core.replica.Entry toCore(Entry entry) {
        return new org.craq.core.replica.Entry(
                new Epoch(entry.getEpoch()),
                new Seq(entry.getSeq()),
                entry.getOperationsList().stream().map(EntryWire::toCore).toList(),
                entry.getCreatedAtMillis(),
                entry.hasRequestFingerprint()
                        ? Optional.of(new Fingerprint(entry.getRequestFingerprint()))
                        : Optional.empty());
    }

    private static org.craq.wire.v1.Operation toWire(Operation operation) {
        org.craq.wire.v1.Operation.Builder builder = org.craq.wire.v1.Operation.newBuilder()
                .setName(operation.name().value())
                .setWriteId(operation.writeId().toString());
        if (operation instanceof Operation.Put put) {
            PutVersion.Builder version = PutVersion.newBuilder()
                    .setLength(put.body().length())
                    .setCrc32C(put.body().crc32c())
                    .setContentType(put.contentType())
                    .putAllUserMetadata(put.userMetadata());
            if (put.body().isOne()) {
                Content content = put.body().contents().get(0);
                version.setChunkId(content.id().toString()).setChunkSize(content.chunkSize());
            } else {
                put.body().contents().forEach(content -> version.addParts(part(content)));
            }
            builder.setPut(version);
        } else {
            builder.setDelete(DeleteVersion.getDefaultInstance());
        }
        return builder.build();
    }

    private static Operation toCore(org.craq.wire.v1.Operation operation) {
        FileName name = new FileName(operation.getName());
        WriteId id = new WriteId(UUID.fromString(operation.getWriteId()));
        return switch (operation.getKindCase()) {
            case PUT -> {
                PutVersion put = operation.getPut();
                yield new Operation.Put(name, id, body(put), put.getContentType(), put.getUserMetadataMap());
            }
            case DELETE -> new Operation.Delete(name, id);
            case KIND_NOT_SET -> throw new IllegalArgumentException("an operation of an unknown kind");
        };
    }

    private static ContentPart part(Content content) {
        return ContentPart.newBuilder()
                .setChunkId(content.id().toString())
                .setChunkSize(content.chunkSize())
                .setLength(content.length())
                .setCrc32C(content.crc32c())
                .build();
    }

    private static Body body(PutVersion put) {
        if (put.getPartsCount() == 0) {
            return Body.of(content(put.getChunkId(), put.getChunkSize(), put.getLength(), put.getCrc32C()));
        }
        return new Body(
                put.getPartsList().stream()
                        .map(part ->
                                content(part.getChunkId(), part.getChunkSize(), part.getLength(), part.getCrc32C()))
                        .toList(),
                put.getCrc32C());
    }

    private static Content content(String id, int chunkSize, long length, int crc32c) {
        return new Content(new ContentId(UUID.fromString(id)), chunkSize, length, crc32c);
    }

    public static LogBase toWire(org.craq.core.replica.LogBase base) {
        return LogBase.newBuilder()
                .setForgottenSeq(base.forgotten().value())
                .addAllEpochs(toWire(base.epochs()))
                .build();
    }

    public static org.craq.core.replica.LogBase toCore(LogBase base) {
        return new org.craq.core.replica.LogBase(
                new Seq(base.getForgottenSeq()), toCore(base.getEpochsList()).starts());
    }

    public static List<EpochStart> toWire(List<EpochTable.Start> epochs) {
        return epochs.stream()
                .map(start -> EpochStart.newBuilder()
                        .setEpoch(start.epoch().value())
                        .setFirstSeq(start.first().value())
                        .build())
                .toList();
    }

    public static EpochTable toCore(List<EpochStart> epochs) {
        return new EpochTable(epochs.stream()
                .map(start -> new EpochTable.Start(new Epoch(start.getEpoch()), new Seq(start.getFirstSeq())))
                .toList());
    }
}
