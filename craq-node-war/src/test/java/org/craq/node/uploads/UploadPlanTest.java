package org.craq.node.uploads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.craq.core.chain.Epoch;
import org.craq.core.chain.Seq;
import org.craq.core.file.Content;
import org.craq.core.file.FileName;
import org.craq.core.file.Version;
import org.craq.core.replica.Condition;
import org.craq.core.replica.WriteId;
import org.craq.node.files.Labels;
import org.craq.node.files.NewFile;
import org.craq.node.rest.UploadsResource;
import org.craq.wire.CraqException;
import org.junit.jupiter.api.Test;

/** The contents and the names of an upload's files. */
class UploadPlanTest {
    private static final UploadId ID = new UploadId(UUID.randomUUID());

    private static UploadPlan plan(OptionalLong length, String ifMatch, String ifNoneMatch) {
        return new UploadPlan(
                new FileName("a/b"),
                UploadMetadata.parse("filetype dGV4dC9wbGFpbg=="),
                length,
                new UploadConditions(ifMatch, ifNoneMatch, ""),
                "",
                false);
    }

    @Test
    void isReadAsItWasKept() {
        UploadPlan open = plan(OptionalLong.empty(), "", "*");
        UploadPlan complete = plan(OptionalLong.of(7), "\"1-2\"", "").completed();
        assertThat(UploadPlan.of(open.kept())).isEqualTo(open);
        assertThat(UploadPlan.of(open.withLength(9).kept())).isEqualTo(open.withLength(9));
        assertThat(UploadPlan.of(complete.kept())).isEqualTo(complete);
    }

    @Test
    void aDateIsKeptAsWellAndAPlanFromBeforeHasNone() {
        UploadPlan dated = new UploadPlan(
                new FileName("a"),
                UploadMetadata.parse(""),
                OptionalLong.of(1),
                UploadConditions.of(Map.of("If-Unmodified-Since", "Sat, 01 Jan 2000 00:00:00 GMT")::get),
                "",
                false);
        assertThat(UploadPlan.of(dated.kept())).isEqualTo(dated);
        assertThat(dated.whole(new UploadId(UUID.randomUUID())).conditions())
                .containsExactly(new Condition.UnmodifiedSince(new FileName("a"), 946_684_800));
        assertThat(UploadPlan.of(Map.of("file", "a", "if-match", "*", "if-none-match", ""))
                        .conditions())
                .isEqualTo(new UploadConditions("*", "", ""));
    }

    @Test
    void aConditionThatSaysNothingIsRefused() {
        assertThatThrownBy(() -> UploadConditions.of(Map.of("If-Match", " ")::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("If-Match is empty");
    }

    @Test
    void isRefusedAtOnceWhenTheFileCouldNotBeWritten() {
        assertThatThrownBy(() -> plan(OptionalLong.of(1), "1-2", "").check()).hasMessageContaining("If-Match");
        assertThatThrownBy(() -> plan(OptionalLong.of(1), "", "1-2").check()).hasMessageContaining("If-None-Match");
    }

    private static NewFile file(String type, Map<String, String> metadata, Condition... conditions) {
        return new NewFile(
                new FileName("a/b"),
                new WriteId(ID.value()),
                new Labels(type, metadata),
                Content.MAX_CHUNK_SIZE,
                List.of(conditions));
    }

    @Test
    void ofAStreamedWriteCreatesTheFileThatTheWriteDescribes() {
        FileName name = new FileName("a/b");
        for (NewFile file : List.of(
                file("", Map.of()),
                file("text/plain", Map.of("filename", "x", "filetype", "y", "colour", "blue")),
                file("", Map.of("k", "\u00e4,b"), new Condition.IsAbsent(name)),
                file("", Map.of(), new Condition.Exists(name)),
                file("", Map.of(), new Condition.IsVersion(name, new Version(new Epoch(1), new Seq(2)))))) {
            UploadPlan plan = UploadPlan.of(file, 7);
            assertThat(plan.whole(ID)).isEqualTo(file);
            assertThat(UploadPlan.of(plan.kept())).isEqualTo(plan);
        }
    }

    @Test
    void ofAStreamedWriteIsThatOfATusUploadOfTheSameFile() {
        UploadPlan tus = plan(OptionalLong.of(7), "", "*");
        FileName name = new FileName("a/b");
        UploadPlan streamed = UploadPlan.of(file("text/plain", Map.of(), new Condition.IsAbsent(name)), 7);
        assertThat(streamed.sameAs(tus, ID)).isTrue();
        for (UploadPlan other : List.of(
                tus.withLength(8),
                plan(OptionalLong.empty(), "", "*"),
                plan(OptionalLong.of(7), "", ""),
                UploadPlan.of(file("text/html", Map.of(), new Condition.IsAbsent(name)), 7))) {
            assertThat(streamed.sameAs(other, ID)).isFalse();
        }
    }

    @Test
    void partsFollowThePlanInTheOrderOfTheirOffsets() {
        UploadId id = new UploadId(UUID.randomUUID());
        assertThat(id.plan()).isLessThan(id.part(0));
        assertThat(id.part(9)).isLessThan(id.part(10));
        assertThat(id.part(1 << 20)).isLessThan(id.part(1L << 40));
        assertThat(id.part(5).own()).isTrue();
        assertThat(UploadId.of(id.part(5))).isEqualTo(id);
        assertThat(UploadId.of(id.plan())).isEqualTo(id);
        assertThat(id.isPlan(id.part(0))).isFalse();
    }

    @Test
    void isFoundRightBehindAnyProxy() {
        UploadId id = new UploadId(UUID.randomUUID());
        for (String path : List.of("/v1/uploads", "/v1/uploads/", "/v1/uploads/a", "/v1/uploads/docs/film%2F1.mp4")) {
            for (String proxy : List.of("http://127.0.0.1:8081", "https://files.example.com/craq/n1")) {
                URI made = URI.create(proxy + path);
                assertThat(made.resolve(UploadsResource.location(path, id)))
                        .isEqualTo(URI.create(proxy + "/v1/uploads/" + id));
            }
        }
    }

    @Test
    void onlyAnIdInItsOneFormNamesAnUpload() {
        String id = UUID.randomUUID().toString();
        assertThat(UploadId.parse(id)).hasToString(id);
        for (String wrong :
                new String[] {"", "x", id.toUpperCase(java.util.Locale.ROOT) + "0", "1-1-1-1-1", id + "/0"}) {
            assertThatThrownBy(() -> UploadId.parse(wrong)).isInstanceOf(CraqException.class);
        }
    }
}
