// Journeys share two nodes and one browser on few cores; one at a time keeps what they measure honest.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
