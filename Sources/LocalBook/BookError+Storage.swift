import ReplicaStore

extension BookError: WrapsStorageError {}
