package org.craq.client.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.craq.client.ChainInfo;
import org.craq.client.FileInfo;
import org.craq.client.Receipt;
import org.craq.client.VersionInfo;

/** The JSON forms of answers. Scripts depend on the names and forms: fields may be added, but not changed. */
final class Json {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private Json() {}

    /** Returns the JSON text of fields that a command has assembled itself. */
    static String text(Object fields) {
        return Printable.json(GSON.toJson(fields));
    }

    static String of(Receipt receipt) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", receipt.name());
        fields.put("version", receipt.version().toString());
        fields.put("length", receipt.length());
        fields.put("crc32c", receipt.crc32cHex());
        fields.put("members", receipt.members());
        fields.put("epoch", receipt.epoch());
        fields.put("session", receipt.session());
        return text(fields);
    }

    static String of(VersionInfo version) {
        Map<String, Object> fields = fields(version.file());
        fields.put("deleted", version.deleted());
        fields.put("pruned", version.pruned());
        return text(fields);
    }

    static String ofPrefix(String prefix) {
        return text(Map.of("prefix", prefix));
    }

    static String of(FileInfo file) {
        return text(fields(file));
    }

    static String of(ChainInfo chain) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("chainId", chain.chainId());
        fields.put("epoch", chain.epoch());
        fields.put("members", chain.members());
        return text(fields);
    }

    /** Describes a file, one of many, that could not be transferred. */
    static String ofFailure(String what, String code, String text) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", what);
        fields.put("error", code);
        fields.put("message", text);
        return text(fields);
    }

    static String ofSkipped(String what, String why) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", what);
        fields.put("skipped", why);
        return text(fields);
    }

    /** Describes what was read back from each member; the entry with the empty name is the local file. */
    static String ofVerified(FileInfo file, Map<String, String> digests, boolean equal) {
        Map<String, String> members = new LinkedHashMap<>(digests);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", file.name());
        fields.put("version", file.version().toString());
        fields.put("length", file.length());
        fields.put("local", members.remove(""));
        fields.put("sha256", members);
        fields.put("equal", equal);
        return text(fields);
    }

    private static Map<String, Object> fields(FileInfo file) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", file.name());
        fields.put("version", file.version().toString());
        fields.put("length", file.length());
        fields.put("crc32c", file.crc32cHex());
        fields.put("contentType", file.contentType());
        fields.put("userMetadata", file.userMetadata());
        fields.put("createdAt", file.createdAt().toString());
        fields.put("chunkSize", file.chunkSize());
        fields.put("clean", file.clean());
        fields.put("node", file.answered().node());
        fields.put("consistency", file.answered().consistency().name().toLowerCase(Locale.ROOT));
        fields.put("session", file.answered().session());
        return fields;
    }
}
