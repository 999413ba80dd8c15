package org.craq.client.internal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.WriteHeader;
import org.craq.wire.v1.WriteTrailer;

/** One attempt to send a file of which the head may have kept the beginning. Only the rest is sent. */
final class ResumedUpload {
    private static final Logger LOG = System.getLogger(ResumedUpload.class.getName());

    private final Upload.Ways ways;
    private final Peer head;
    private final ResumableSource source;
    private final Consumer<Kept> listener;
    private Optional<OutgoingWrite> call = Optional.empty();

    /** @param listener is told what the head has kept */
    ResumedUpload(Upload.Ways ways, Peer head, ResumableSource source, Consumer<Kept> listener) {
        this.ways = ways;
        this.head = head;
        this.source = source;
        this.listener = listener;
    }

    /** What was kept was not the beginning of the file, and has been discarded. */
    static final class OtherContent extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Sends what is missing.
     *
     * @param own whether the write id was generated here, so that other bytes that are kept under it may be discarded
     * @param sent called with the position in the file
     * @throws IOException when the file can't be read, or has changed; what was kept is discarded then
     * @throws OtherContent when the head had kept other bytes than the file has, under a write id that was generated here
     */
    Receipt send(WriteHeader header, boolean own, LongConsumer sent) throws IOException {
        boolean done = false;
        try {
            ask(header, sent);
            compare(own);
            sendRest(sent);
            Receipt receipt = call.orElseThrow()
                    .finish(WriteTrailer.newBuilder()
                            .setLength(source.length())
                            .setCrc32C(source.crc32c())
                            .build());
            Upload.check(head, receipt, source.length(), source.crc32c());
            done = true;
            return receipt;
        } finally {
            if (!done) {
                call.ifPresent(begun -> begun.cancel("the upload was interrupted"));
            }
        }
    }

    /** Asks where to continue. The head does not wait while the client reads its file up to there, so it is asked again after that. */
    private void ask(WriteHeader header, LongConsumer sent) throws IOException {
        Kept kept = begin(header);
        if (kept.bytes() != source.position()) {
            call.orElseThrow().cancel("the client reads its file up to where it continues");
            source.moveTo(kept.bytes(), sent);
            kept = begin(header);
        }
        if (kept.bytes() != source.position()) {
            throw new CraqException(
                    ErrorCode.OFFSET_MISMATCH,
                    head + " had kept " + source.position() + " bytes a moment ago, and now " + kept.bytes());
        }
    }

    private void compare(boolean own) {
        OutgoingWrite begun = call.orElseThrow();
        if (begun.kept().crc32c().filter(crc32c -> crc32c != source.crc32c()).isPresent()) {
            if (!own) {
                throw new CraqException(
                        ErrorCode.WRITE_ID_REUSED,
                        head + " has kept other bytes under this write id than the file has; use another one");
            }
            discard(begun);
            throw new OtherContent();
        }
    }

    private Kept begin(WriteHeader header) {
        OutgoingWrite begun = ways.longContent(header);
        call = Optional.of(begun);
        listener.accept(begun.kept());
        return begun.kept();
    }

    private void sendRest(LongConsumer sent) throws IOException {
        OutgoingWrite begun = call.orElseThrow();
        try {
            for (Optional<ResumableSource.Piece> next = source.next(); next.isPresent(); next = source.next()) {
                ResumableSource.Piece piece = next.get();
                begun.send(piece.offset(), piece.bytes(), piece.crc32c());
                sent.accept(source.position());
            }
            source.verify();
        } catch (IOException e) {
            discard(begun);
            throw e;
        }
    }

    /** Discards what the head has kept. If that fails, the nodes discard it when it expires. */
    private static void discard(OutgoingWrite begun) {
        try {
            begun.finish(WriteTrailer.newBuilder().setDiscards(true).build());
        } catch (CraqException e) {
            LOG.log(Level.DEBUG, "the answer to discarding an upload", e);
        }
    }
}
