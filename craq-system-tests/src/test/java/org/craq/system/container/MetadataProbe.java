package org.craq.system.container;

import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutionException;
import javax.sql.DataSource;

/** A bean added to the node's deployment that inspects the persistence provider, the database and the threads. */
@ApplicationScoped
public class MetadataProbe {
    @PersistenceContext(unitName = "craq-node")
    private EntityManager em;

    @Resource(lookup = "java:/jdbc/craq")
    private DataSource database;

    @Resource
    private ManagedExecutorService executor;

    /** Returns the class to which the container's entity manager delegates. */
    public String provider() {
        return em.getDelegate().getClass().getName();
    }

    /** Returns the number of a node's rows in a table. */
    public long rows(String table, String node) {
        return number("SELECT count(*) FROM " + table + " WHERE node_id = '" + node + "'");
    }

    public long number(String query) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public void execute(String... statements) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a step on another thread, outside the caller's transaction, and waits for it. */
    public void elsewhere(Runnable step) {
        try {
            executor.submit(step).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
